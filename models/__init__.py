"""The networks. torch is imported here and in trainings alone."""
