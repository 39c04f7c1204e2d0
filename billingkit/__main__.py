"""`python -m billingkit` is the `billingkit` command."""

from billingkit.cli import main

main(prog_name="billingkit")
