"""A benchmark told: tables, plots, pictures and claims, as Markdown and as one HTML file."""
