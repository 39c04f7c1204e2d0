"""What goes out to a practice and to the billing team, and what comes back from them."""

from billingkit.exchange.worklist import write_worklist

__all__ = ["write_worklist"]
