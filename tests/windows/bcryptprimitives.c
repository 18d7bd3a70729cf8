/* bcryptprimitives.dll, which Wine 8 lacks: extensions written in Rust take their random numbers from ProcessPrng. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length); /* RtlGenRandom of advapi32 */

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size)
{
    const ULONG most = 1 << 20;
    for (; size > most; data += most, size -= most)
        if (!SystemFunction036(data, most))
            return FALSE;
    return SystemFunction036(data, (ULONG)size);
}
