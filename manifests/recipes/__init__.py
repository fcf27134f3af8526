"""The recipes that come with the package, and the parts that every recipe is made of."""
