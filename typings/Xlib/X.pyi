ControlMask: int
ShiftMask: int
LockMask: int
GrabModeAsync: int
KeyPress: int
KeyRelease: int
MappingNotify: int
MappingPointer: int
