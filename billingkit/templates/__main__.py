"""`python -m billingkit.templates`: write the workbook templates of this checkout again."""

from __future__ import annotations

from billingkit.shipped import shipped
from billingkit.templates import write_templates

write_templates(shipped("workbook_templates"))
