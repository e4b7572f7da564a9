"""What stockpyl says of inventory cases: read as JSON from standard input, answered as JSON. Runs in an environment of
its own, since stockpyl brings packages that slow every start of Python; nothing of ours is imported here."""

import json
import sys

from stockpyl.eoq import economic_order_quantity
from stockpyl.newsvendor import newsvendor_normal
from stockpyl.rq import r_q_eoqss_approximation, r_q_loss_function_approximation

answers = [
    {
        "EOQ": economic_order_quantity(k, h, demand),
        "newsvendor": newsvendor_normal(h, p, demand, sd),
        "safety": r_q_eoqss_approximation(h, p, k, demand, sd, lead),
        "loss": r_q_loss_function_approximation(h, p, k, demand, sd, lead),
    }
    for h, p, k, demand, sd, lead in json.load(sys.stdin)
]
json.dump(answers, sys.stdout)
