"""Stock: what lies where and who supplies it. Writes only its own tables; what is sold it reads from the orders."""
