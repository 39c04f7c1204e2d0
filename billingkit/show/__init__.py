"""What the notebooks show: pieces (tables, charts), and a module of sections for each notebook."""
