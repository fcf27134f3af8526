"""The mixtures of the paper's Table 4, and what a mixture is: recipes with weights."""
