"""What is counted of each test picture, from which every figure is computed."""
