"""
Microsoft's industry data API: how the files of a set get into School Data Sync, one step a module.

The only place with Microsoft's words. It knows no profile and keeps nothing on disk. The API is in beta: what an
answer does not say is never taken for success.
"""
