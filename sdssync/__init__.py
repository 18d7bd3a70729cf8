"""iSAMS to Microsoft School Data Sync: complete, validated CSV sets, published all or nothing."""

import os

# Other packages may hook into pydantic; none of them has any business with a school's settings, and the search for them
# takes a tenth of a short run.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

__version__ = "0.1.0"
