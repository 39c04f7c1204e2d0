"""Follow-up, escalation and action lists for outsourced dental billing teams."""
