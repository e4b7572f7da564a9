"""Papers as PDF: a template and plain data give the same bytes each time. Knows no trade and writes no store."""

from ecomos.documents.files import file_of, keep_file
from ecomos.documents.making import make_pdf, templates

__all__ = ["file_of", "keep_file", "make_pdf", "templates"]
