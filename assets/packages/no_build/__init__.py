"""A build backend that builds nothing: a source archive is fetched without running it."""
