"""iSAMS to Microsoft School Data Sync: complete, validated CSV sets, published all or nothing."""

__version__ = "0.1.0"
