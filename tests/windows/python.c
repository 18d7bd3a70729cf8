/* python.exe: hands its command line to Py_Main of the python3XX.dll next to it, as the launcher of python.org does. */
#include <wchar.h>
#include <windows.h>

typedef int (*py_main)(int, wchar_t **);

int wmain(int argc, wchar_t **argv)
{
    wchar_t path[MAX_PATH * 8];
    DWORD length = GetModuleFileNameW(NULL, path, MAX_PATH * 7);
    while (length && path[length - 1] != L'\\')
        length--;
    wcscpy(path + length, PYTHON_DLL);
    HMODULE python = LoadLibraryExW(path, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    py_main run = python ? (py_main)(void *)GetProcAddress(python, "Py_Main") : NULL;
    return run ? run(argc, argv) : 127;
}
