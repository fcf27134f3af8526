"""What the papers print: tables of scores, and claims about them."""
