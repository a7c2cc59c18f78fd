"""Rule packs: what the engine is told. ``core/`` is the pack we ship."""
