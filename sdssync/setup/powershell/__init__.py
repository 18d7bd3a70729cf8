"""What PowerShell makes of a command line of iSAMS-SDS.ps1, as far as that can be known without running it."""
