"""A notebook run for every practice in a folder: plan, notebook, kernel, execution, report, and the Monday itself."""
