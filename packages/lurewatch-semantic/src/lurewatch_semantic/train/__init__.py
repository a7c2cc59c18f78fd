"""Making the weights: ``python -m lurewatch_semantic.train``; needs the extra ``train``."""
