"""What an administrator can do about an error of the operating system where something is written."""

import errno

_HINTS = {
    errno.ENOSPC: "free some space on the disk",
    errno.EDQUOT: "free some space on the disk, or raise the quota of the account",
    errno.EACCES: "let the account of sdssync write there, and close programs that have the folder open",
    errno.EPERM: "let the account of sdssync write there, and make it the owner of the folder",
    errno.EROFS: "choose a folder on a disk that can be written",
    errno.ENAMETOOLONG: "choose a shorter path",
    errno.ENOTDIR: "a file is where a folder is expected",
    errno.EEXIST: "a file is where a folder is expected",
    errno.EBUSY: "a mount point cannot be the output folder, a folder in it can",
}
_HELD_OPEN = "close programs that have a file or the folder open, and let the account of sdssync write there"
_NO_PATH = "shorten the path, or check that the drive and the folders above exist for the account of sdssync"
_NO_SHARE = r"check that the server answers, and that the share exists; write it as \\server\share\folder"
_NO_ACCESS = "let the account of sdssync log on to the server and write to the share"
_WINDOWS_HINTS = {
    **dict.fromkeys((5, 32, 33, 145), _HELD_OPEN),
    # a path of more than 260 characters, a folder of more than 247, or a drive letter of another user
    **dict.fromkeys((3, 206), _NO_PATH),
    **dict.fromkeys((51, 53, 55, 59, 64, 65, 67, 121, 1203, 1222, 1231, 1232), _NO_SHARE),
    **dict.fromkeys((86, 1219, 1272, 1326, 1327, 1328, 1330, 1331, 1385, 1909), _NO_ACCESS),
    **dict.fromkeys((39, 112), _HINTS[errno.ENOSPC]),
}
"""By the numbers of Windows ("System Error Codes", learn.microsoft.com), which say more than those of C."""


def hint_for(error: OSError) -> str:
    """Return what to do about an error of the system where something is written; "" if there is nothing to say."""
    return _WINDOWS_HINTS.get(getattr(error, "winerror", 0) or 0) or _HINTS.get(error.errno or 0, "")
