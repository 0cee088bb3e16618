"""A deployment's records and documents come in; what they contradict each other in comes out."""
