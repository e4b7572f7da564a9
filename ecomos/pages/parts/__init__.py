"""What pages are made of: a handful of widgets with their own small scripts, and two layout functions. All text goes
through textContent; the one HTML that is shown is made by `prose` from the playbook's Markdown."""

from ecomos.pages.parts.banner import Banner
from ecomos.pages.parts.chart import Chart
from ecomos.pages.parts.derivation import Derivation
from ecomos.pages.parts.download import Download
from ecomos.pages.parts.editor import Editor
from ecomos.pages.parts.facts import Facts
from ecomos.pages.parts.file_drop import FileDrop
from ecomos.pages.parts.flow import Flow
from ecomos.pages.parts.layout import close_all, column, row
from ecomos.pages.parts.lines import Lines
from ecomos.pages.parts.map import OperationMap
from ecomos.pages.parts.part import Part
from ecomos.pages.parts.pick_list import PickList
from ecomos.pages.parts.prose import Prose, SafeHtml, prose
from ecomos.pages.parts.router import Router
from ecomos.pages.parts.step_form import SentFile, StepForm
from ecomos.pages.parts.stock_list import StockList
from ecomos.pages.parts.table import Table
from ecomos.pages.parts.task_list import TaskList
from ecomos.pages.parts.timeline import Timeline
from ecomos.pages.parts.ways import Ways

__all__ = [
    "Banner",
    "Chart",
    "Derivation",
    "Download",
    "Editor",
    "Facts",
    "FileDrop",
    "Flow",
    "Lines",
    "OperationMap",
    "Part",
    "PickList",
    "Prose",
    "Router",
    "SafeHtml",
    "SentFile",
    "StepForm",
    "StockList",
    "Table",
    "TaskList",
    "Timeline",
    "Ways",
    "close_all",
    "column",
    "prose",
    "row",
]
