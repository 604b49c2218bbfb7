/* no-unwind.c: what the Rust standard library asks of an unwinder, answered with "no frames".
 *
 * With panic=abort std only walks the stack to print a backtrace. release.sh links this in place
 * of libunwind, which musl does not have; a panic still prints its message and place. */

int _Unwind_Backtrace(void *trace, void *argument)
{
    (void)trace;
    (void)argument;
    return 5; /* _URC_END_OF_STACK */
}

unsigned long _Unwind_GetIP(void *context)
{
    (void)context;
    return 0;
}

unsigned long _Unwind_GetCFA(void *context)
{
    (void)context;
    return 0;
}

void *_Unwind_FindEnclosingFunction(void *pc)
{
    (void)pc;
    return 0;
}
