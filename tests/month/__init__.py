"""A month without the founder: a shop from 24 November to 23 December, played by scripted staff who know what their
Today page shows, in a world of parcels, shelves and customers that knows nothing of ecomos."""
