"""The page of `sdssync report` in a real browser: Chromium, driven by Playwright."""
