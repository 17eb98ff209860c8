; Stands in for Desk's programs in the installer's tests, and for Windows' own whose work wine does not do (netsh,
; icacls, schtasks): writes down how it was called, and keeps a task's file. "seat": runs until it is to make way; "call":
; does not end by itself.
Target amd64-unicode
Unicode true
Name "program"
OutFile "${OUT}"
RequestExecutionLevel user
SilentInstall silent
SetCompressor zlib
!include FileFunc.nsh
!include LogicLib.nsh
Section
  SetShellVarContext all
  ${GetParameters} $0
  ${Do} ; another one may be writing
    ClearErrors
    FileOpen $1 "C:\calls.txt" a
    ${IfNot} ${Errors}
      ${ExitDo}
    ${EndIf}
    Sleep 20
  ${Loop}
  FileSeek $1 0 END
  FileWriteUTF16LE $1 "$EXEFILE $0$\r$\n"
  FileClose $1
  ClearErrors
  ${GetOptions} $0 "/XML" $1
  ${IfNot} ${Errors}
    CopyFiles /SILENT $1 "C:\"
  ${EndIf}
  ${If} $0 == "seat"
    ${Do}
      Sleep 50
    ${LoopUntil} ${FileExists} "$APPDATA\Desk\making-way"
  ${ElseIf} $0 == "call"
    Sleep 600000
  ${EndIf}
SectionEnd
