"""
A document without people: the same structure with invented names, addresses, dates and ids.

Knows iSAMS documents, and neither profiles nor CSV sets: that those stay alike is proved by `jobs/anonymise`.
"""
