"""Reports: a notebook that runs at its time, for a day, in a process of its own, and is kept, recorded and sent to its
roles once. Never changes what the trade wrote."""
