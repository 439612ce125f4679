def initialize(module):
    """Workers call nothing when they start."""
