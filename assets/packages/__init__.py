"""Archives of package registries, fetched by their ordinary clients."""
