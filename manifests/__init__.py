"""What a dataset is and what was made: recipes, plans, rows, versions, identity of code."""
