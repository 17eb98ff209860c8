; Desk for every seat of a Windows PC: 64-bit, per machine, silent with /S. What it promises:
; - Unpacks beside the installed Desk while seats work; only then asks them to make way (a file that every seat looks
;   for), waits until no call is up and they have ended, and puts the new folder in the old one's place by renaming.
;   Killed at any moment, it leaves the whole old Desk or the whole new one; see "Exchange".
; - A seat that does not end in time is not killed (unless /FORCE): the installation gives up, and nothing has changed.
; - What people made (stores, recordings, settings) is in their own profiles; neither this nor the uninstaller touches it,
;   unless told /PURGEUSERS.
; See docs/windows.md for the switches, the exit codes, and what has run where.
;
; makensis -DPAYLOAD=dist/desk -DVERSION=1.2.3 -DCOMMIT=... -DICON=desk.ico -DOUT=desk-1.2.3-amd64.exe desk.nsi
; -DSIGN="command" signs the uninstaller, which is made only when the installer is: its file's name is put behind it.
; -DTESTED=... stops at the places that the tests kill it at, or ("user") takes whoever starts it for no administrator;
; never defined for an installer that is given out.

!ifndef TARGET
  !define TARGET amd64-unicode ; x86-unicode does the same (NSIS as it is given out for Windows has no other)
!endif
Target ${TARGET}
Unicode true
ManifestDPIAware true
ManifestSupportedOS Win10
RequestExecutionLevel admin
SetCompressor /SOLID lzma
AllowSkipFiles off ; a file that cannot be written ends it: half a program is none
CRCCheck force ; a download that is not whole is refused before anything is done
!ifdef SIGN
  !uninstfinalize '${SIGN} "%1"' = 0
!endif
Name "Desk"
OutFile "${OUT}"
InstallDir ""
BrandingText "Desk ${VERSION}"

!include LogicLib.nsh
!include x64.nsh
!include WinVer.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include MUI2.nsh

!define PROGRAM "deskw.exe" ; no console window beside the seat; desk.exe is the same for a console
!define ARP "Software\Microsoft\Windows\CurrentVersion\Uninstall\Desk"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
!define RULE "Desk"
!define DATA "$APPDATA\Desk" ; %ProgramData%\Desk, for $APPDATA is the machine's here

; Exit codes beside NSIS's own (0 done, 1 cancelled, 2 aborted)
!define SEAT_IN_USE 10
!define NO_SPACE 11
!define NO_RIGHT 12
!define NOT_WRITTEN 13
!define OTHER_RUNS 14
!define UNFIT_SYSTEM 15
!define FOREIGN_FOLDER 16

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_COMPONENTSPAGE_NODESC ; the names say it, and need the room
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese" ; the first is what other languages than these two get
!insertmacro MUI_LANGUAGE "English"
!include "words.nsh"

VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=0 "ProductName" "Desk"
VIAddVersionKey /LANG=0 "FileDescription" "Desk ${VERSION} (${COMMIT})"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "LegalCopyright" "GPL-3.0-or-later"

Var Log
Var Logged ; the log's file
Var Wait ; seconds that seats are given
Var Force
Var Ran ; 1: a seat had to make way, and is started again
Var Before ; where Desk was installed when this began; "" where it was not
Var Code
Var Why

!macro STOP_FOR_TEST place
  !ifdef TESTED
    ${If} "${TESTED}" == "${place}"
      FileOpen $9 "$TEMP\desk-${place}" w
      FileClose $9
      Sleep 120000
    ${EndIf}
  !endif
!macroend

!macro DROP_SETUP_ENTRY
  Delete "$SMPROGRAMS\${SETUP_SIMPCHINESE}.lnk"
  Delete "$SMPROGRAMS\${SETUP_ENGLISH}.lnk"
!macroend

; What both programs do: NSIS wants the uninstaller's functions under names of their own.
!macro SHARED un
  Function ${un}Say ; $0: a line for the log, with the time
    Push $1
    Push $2
    Push $3
    Push $4
    Push $5
    Push $6
    Push $7
    ${GetTime} "" "LS" $1 $2 $3 $4 $5 $6 $7
    DetailPrint "$0"
    FileWriteUTF16LE $Log "$3-$2-$1T$5:$6:$7Z $0$\r$\n"
    Pop $7
    Pop $6
    Pop $5
    Pop $4
    Pop $3
    Pop $2
    Pop $1
  FunctionEnd

  Function ${un}OpenLog
    ${GetParameters} $1
    ClearErrors
    ${GetOptions} $1 "/LOG=" $Logged
    ${If} ${Errors}
      StrCpy $Logged "${DATA}\install.log"
    ${EndIf}
    ClearErrors
    FileOpen $Log "$Logged" a
    FileSeek $Log 0 END $1
    ${If} $1 > 1000000 ; of some hundreds of installations; begun anew
      FileClose $Log
      FileOpen $Log "$Logged" w
      StrCpy $1 0
    ${EndIf}
    ${If} $1 == 0
      FileWriteWord $Log 0xFEFF
    ${EndIf}
    ClearErrors
  FunctionEnd

  ; $0: a folder. Clears $R0 unless a program of Desk in it is running: Windows lets nobody write to one that is.
  Function ${un}LookIn
    ${ForEach} $3 1 2 + 1
      StrCpy $2 "$0\desk.exe"
      ${IfThen} $3 == 2 ${|} StrCpy $2 "$0\${PROGRAM}" ${|}
      ${If} ${FileExists} "$2"
        ClearErrors
        FileOpen $4 "$2" a
        ${If} ${Errors}
          StrCpy $R0 1
        ${Else}
          FileClose $4
        ${EndIf}
      ${EndIf}
    ${Next}
    ClearErrors
  FunctionEnd

  ; $R0: 1 while a seat runs, whoever's it is, from the installed folder or from a version that an update brought.
  Function ${un}IsInUse
    StrCpy $R0 0
    StrCpy $0 "$INSTDIR"
    Call ${un}LookIn
    FindFirst $R1 $R2 "${DATA}\versions\*"
    ${DoWhile} $R2 != ""
      ${If} $R2 != "."
      ${AndIf} $R2 != ".."
        StrCpy $0 "${DATA}\versions\$R2"
        Call ${un}LookIn
      ${EndIf}
      FindNext $R1 $R2
    ${Loop}
    FindClose $R1
  FunctionEnd

  ; The file that seats look for: while it is fresh, they end when no call is up, and none starts. Written again and again,
  ; for what a killed installer left behind must not keep a hotline from working.
  Function ${un}AskSeats
    FileOpen $1 "${DATA}\making-way" w
    FileWrite $1 "installer"
    FileClose $1
  FunctionEnd

  ; Ask every seat to end as soon as its call is over. $R0: 1 where one is still there.
  Function ${un}MakeWay
    Call ${un}IsInUse
    Call ${un}AskSeats
    ${If} $R0 == 0
      Return
    ${EndIf}
    StrCpy $Ran 1
    StrCpy $0 "a seat runs and is asked to end; waiting up to $Wait s"
    Call ${un}Say
    ${ForEach} $R3 1 $Wait + 1
      Sleep 1000
      Call ${un}AskSeats
      Call ${un}IsInUse
      ${IfThen} $R0 == 0 ${|} ${ExitFor} ${|}
    ${Next}
    ${If} $R0 == 1
    ${AndIf} $Force == 1
      StrCpy $0 "the seat is ended by force"
      Call ${un}Say
      nsExec::Exec '"$SYSDIR\taskkill.exe" /F /IM ${PROGRAM}'
      Pop $1
      nsExec::Exec '"$SYSDIR\taskkill.exe" /F /IM desk.exe'
      Pop $1
      Sleep 1000
      Call ${un}IsInUse
    ${EndIf}
  FunctionEnd

  ; Work goes on, also where the installation was given up: one seat in a call, and others that had ended for it.
  Function ${un}LetSeatsIn
    Delete "${DATA}\making-way"
    ${If} $Ran == 1 ; in the session of everybody whose seat made way
      nsExec::Exec '"$SYSDIR\schtasks.exe" /Run /TN "\Desk\Seat"'
      Pop $1
    ${EndIf}
  FunctionEnd

  Function ${un}Fail ; with $Code and $Why; nothing has been changed, or it has been put back
    StrCpy $0 "given up ($Code): $Why"
    Call ${un}Say
    Call ${un}LetSeatsIn
    FileClose $Log
    ${IfNot} ${Silent}
      MessageBox MB_ICONEXCLAMATION|MB_OK "$Why"
    ${EndIf}
    SetErrorLevel $Code
    Quit
  FunctionEnd

  Function ${un}Begin
    SetRegView 64
    SetShellVarContext all
    ${IfNot} ${RunningX64}
    ${OrIfNot} ${AtLeastWin10}
      StrCpy $Code ${UNFIT_SYSTEM}
      StrCpy $Why "$(UNFIT_SYSTEM_TEXT)"
      Call ${un}Refuse
    ${EndIf}
    UserInfo::GetAccountType
    Pop $0
    !ifdef TESTED
      ${IfThen} "${TESTED}" == "user" ${|} StrCpy $0 "User" ${|} ; wine knows administrators only
    !endif
    ${If} $0 != "Admin"
      StrCpy $Code ${NO_RIGHT}
      StrCpy $Why "$(NO_RIGHT_TEXT)"
      Call ${un}Refuse
    ${EndIf}
    System::Call 'kernel32::CreateMutexW(p 0, i 0, w "Global\DeskInstaller") p .r1 ?e'
    Pop $0
    ${If} $0 == 183 ; ERROR_ALREADY_EXISTS
      StrCpy $Code ${OTHER_RUNS}
      StrCpy $Why "$(OTHER_RUNS_TEXT)"
      Call ${un}Refuse
    ${EndIf}
    ${GetParameters} $1
    ClearErrors
    ${GetOptions} $1 "/WAIT=" $Wait
    ${If} ${Errors}
      StrCpy $Wait 600
    ${EndIf}
    StrCpy $Force 0
    ClearErrors
    ${GetOptions} $1 "/FORCE" $2
    ${IfNot} ${Errors}
      StrCpy $Force 1
    ${EndIf}
    ClearErrors
    StrCpy $Ran 0
  FunctionEnd

  Function ${un}Refuse ; before there is a log
    ${IfNot} ${Silent}
      MessageBox MB_ICONEXCLAMATION|MB_OK "$Why"
    ${EndIf}
    SetErrorLevel $Code
    Quit
  FunctionEnd

  Function ${un}CloseFirewall
    nsExec::Exec '"$SYSDIR\netsh.exe" advfirewall firewall delete rule name="${RULE}"'
    Pop $1
  FunctionEnd
!macroend
!insertmacro SHARED ""
!insertmacro SHARED "un."

Function .onInit
  Call Begin
  ReadRegStr $Before HKLM "Software\Desk" "InstallDir"
  ${If} $Before != ""
    StrCpy $INSTDIR "$Before" ; one Desk per machine: where it is, it is upgraded, whatever /D says
  ${ElseIf} $INSTDIR == ""
    StrCpy $INSTDIR "$PROGRAMFILES64\Desk"
  ${EndIf}
  Call OwnData
  Call OpenLog
  ${If} $2 != 0
    StrCpy $0 "the rights of ${DATA} could not be set ($2)"
    Call Say
  ${EndIf}
  StrCpy $0 "Desk ${VERSION} (${COMMIT}) into $INSTDIR"
  Call Say
  Call TakeUp
  Call Options
FunctionEnd

; The machine's folder is where a SYSTEM task takes programs from: only administrators may write there, whoever made it.
Function OwnData
  CreateDirectory "${DATA}"
  nsExec::Exec '"$SYSDIR\icacls.exe" "${DATA}" /setowner *S-1-5-32-544 /T /L /C /Q'
  Pop $1
  nsExec::Exec '"$SYSDIR\icacls.exe" "${DATA}" /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F *S-1-5-32-545:(OI)(CI)RX /L /Q'
  Pop $2
  nsExec::Exec '"$SYSDIR\icacls.exe" "${DATA}\*" /reset /T /L /C /Q' ; what was there before takes the folder's own
  Pop $1
FunctionEnd

; What a killed installer left: the old folder is put back, unfinished ones go.
Function TakeUp
  ${IfNot} ${FileExists} "$INSTDIR\desk.exe"
  ${AndIf} ${FileExists} "$INSTDIR.old\desk.exe"
    RMDir /r "$INSTDIR"
    Rename "$INSTDIR.old" "$INSTDIR"
    StrCpy $0 "an installation that was cut off: the Desk before it is back"
    Call Say
  ${EndIf}
  RMDir /r "$INSTDIR.new"
  ${If} ${FileExists} "$INSTDIR\desk.exe"
    RMDir /r "$INSTDIR.old"
  ${EndIf}
  ClearErrors
  ; The uninstaller removes this whole folder one day: nobody else's may be taken.
  ${If} ${FileExists} "$INSTDIR\*.*"
  ${AndIfNot} ${FileExists} "$INSTDIR\installed.ini"
    ${DirState} "$INSTDIR" $0
    ${If} $0 == 1
      StrCpy $Code ${FOREIGN_FOLDER}
      StrCpy $Why "$(FOREIGN_FOLDER_TEXT)"
      Call Fail
    ${EndIf}
  ${EndIf}
FunctionEnd

; In the section itself, not a function: only so is its size counted.
!macro UNPACK
  SectionGetSize ${PROGRAM_FILES} $0 ; KiB; the old one stays beside it meanwhile
  ${GetRoot} "$INSTDIR" $1
  ${DriveSpace} "$1\" "/D=F /S=K" $2
  IntOp $0 $0 + 50000
  System::Int64Op $2 > $0
  Pop $3
  ${If} $3 == 0
    StrCpy $Code ${NO_SPACE}
    StrCpy $Why "$(NO_SPACE_TEXT)"
    Call Fail
  ${EndIf}
  ClearErrors
  SetOutPath "$INSTDIR.new"
  File /r "${PAYLOAD}/*.*"
  WriteUninstaller "$INSTDIR.new\uninstall.exe"
  WriteINIStr "$INSTDIR.new\installed.ini" "desk" "version" "${VERSION}"
  WriteINIStr "$INSTDIR.new\installed.ini" "desk" "commit" "${COMMIT}"
  SetOutPath "$TEMP" ; whose working folder it is, it cannot be renamed
  ${If} ${Errors}
  ${OrIfNot} ${FileExists} "$INSTDIR.new\desk.exe"
    RMDir /r "$INSTDIR.new"
    StrCpy $Code ${NOT_WRITTEN}
    StrCpy $Why "$(NOT_WRITTEN_TEXT)"
    Call Fail
  ${EndIf}
  StrCpy $0 "unpacked"
  Call Say
!macroend

Section "Desk" PROGRAM_FILES
  SectionIn RO
  !insertmacro UNPACK
  !insertmacro STOP_FOR_TEST "unpacked"
  Call MakeWay
  ${If} $R0 == 1
    RMDir /r "$INSTDIR.new"
    StrCpy $Code ${SEAT_IN_USE}
    StrCpy $Why "$(SEAT_IN_USE_TEXT)"
    Call Fail
  ${EndIf}
  Call Exchange
  Call Register
SectionEnd

Section "$(AUTOSTART_TEXT)" AUTOSTART
  WriteRegStr HKLM "${RUN}" "Desk" '"$INSTDIR\${PROGRAM}"'
SectionEnd

Section "$(LINKS_TEXT)" LINKS
  Call TakeLinks
SectionEnd

Section "$(FIREWALL_TEXT)" FIREWALL
  Call CloseFirewall
  !macro ALLOW program
    nsExec::Exec '"$SYSDIR\netsh.exe" advfirewall firewall add rule name="${RULE}" dir=in action=allow enable=yes profile=domain,private program="${program}"'
    Pop $1
    ${If} $1 != 0
      StrCpy $0 "no firewall rule for ${program} ($1)"
      Call Say
    ${EndIf}
  !macroend
  !insertmacro ALLOW "$INSTDIR\${PROGRAM}"
  !insertmacro ALLOW "$INSTDIR\desk.exe"
SectionEnd

Section "$(UPDATES_TEXT)" UPDATES
  Call ScheduleUpdates
SectionEnd

Section -finish
  ${IfNot} ${SectionIsSelected} ${AUTOSTART}
    DeleteRegValue HKLM "${RUN}" "Desk"
  ${EndIf}
  ${IfNot} ${SectionIsSelected} ${FIREWALL}
  ${AndIf} $Before != ""
    Call CloseFirewall
  ${EndIf}
  ${IfNot} ${SectionIsSelected} ${UPDATES}
  ${AndIf} $Before != ""
    nsExec::Exec '"$SYSDIR\schtasks.exe" /Delete /TN "\Desk\Update" /F'
    Pop $1
  ${EndIf}
  RMDir /r "$INSTDIR.old"
  Call LetSeatsIn
  StrCpy $0 "Desk ${VERSION} is installed"
  Call Say
  FileClose $Log
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)' ; file types and links have changed
  SetErrorLevel 0
SectionEnd

Function Options
  ${GetParameters} $1
  !macro WITHOUT switch section
    ClearErrors
    ${GetOptions} $1 "${switch}" $2
    ${IfNot} ${Errors}
      !insertmacro UnselectSection ${section}
    ${EndIf}
  !macroend
  !insertmacro WITHOUT "/NOAUTOSTART" ${AUTOSTART}
  !insertmacro WITHOUT "/NOLINKS" ${LINKS}
  !insertmacro WITHOUT "/NOFIREWALL" ${FIREWALL}
  !insertmacro WITHOUT "/NOUPDATES" ${UPDATES}
  ClearErrors
FunctionEnd

; A file could not be written (a full disk, a file that somebody has open), or the person has cancelled.
Function .onInstFailed
  SetOutPath "$TEMP"
  RMDir /r "$INSTDIR.new"
  StrCpy $Code ${NOT_WRITTEN}
  StrCpy $Why "$(NOT_WRITTEN_TEXT)"
  Call Fail
FunctionEnd

; Two renames. Cut off between them there would be no Desk: so Windows is told before, by its list of renames for the
; next start, to put the old folder back; where all goes well there is no such folder any more, and it does nothing.
; Killed without a restart, the next run of any installer puts it back first (TakeUp).
Function Exchange
  ${If} ${FileExists} "$INSTDIR\*.*"
    RMDir /r "$INSTDIR.old"
    CreateDirectory "$INSTDIR.old" ; what is not there is not taken into the list
    System::Call 'kernel32::MoveFileExW(w "$INSTDIR.old", w "$INSTDIR", i 4) i .r1' ; MOVEFILE_DELAY_UNTIL_REBOOT
    RMDir "$INSTDIR.old"
    ${If} $1 == 0
      StrCpy $0 "Windows takes no rename for its next start; cut off now, the next installer puts it right"
      Call Say
    ${EndIf}
    ${ForEach} $R3 1 30 + 1 ; a virus scanner may have a file open for a moment
      ClearErrors
      Rename "$INSTDIR" "$INSTDIR.old"
      ${IfNot} ${Errors}
        ${ExitFor}
      ${EndIf}
      Sleep 500
    ${Next}
    ${If} ${Errors}
      Call NotExchanged
    ${EndIf}
  ${EndIf}
  !insertmacro STOP_FOR_TEST "between"
  ClearErrors
  Rename "$INSTDIR.new" "$INSTDIR"
  ${If} ${Errors}
    Rename "$INSTDIR.old" "$INSTDIR"
    Call NotExchanged
  ${EndIf}
  !insertmacro STOP_FOR_TEST "exchanged"
FunctionEnd

Function NotExchanged
  RMDir /r "$INSTDIR.new"
  StrCpy $Code ${NOT_WRITTEN}
  StrCpy $Why "$(NOT_WRITTEN_TEXT)"
  Call Fail
FunctionEnd

Function Register
  WriteRegStr HKLM "Software\Desk" "InstallDir" "$INSTDIR"
  WriteRegStr HKLM "Software\Desk" "Version" "${VERSION}"
  WriteRegStr HKLM "Software\Desk" "Commit" "${COMMIT}"
  WriteRegStr HKLM "Software\Microsoft\Windows\CurrentVersion\App Paths\desk.exe" "" "$INSTDIR\desk.exe"

  CreateShortcut "$SMPROGRAMS\Desk.lnk" "$INSTDIR\${PROGRAM}" "" "$INSTDIR\${PROGRAM}" 0
  !insertmacro DROP_SETUP_ENTRY ; of an installation in the other language
  CreateShortcut "$SMPROGRAMS\$(SETUP_TEXT).lnk" "$INSTDIR\${PROGRAM}" "setup" "$INSTDIR\${PROGRAM}" 0

  WriteRegStr HKLM "${ARP}" "DisplayName" "Desk"
  WriteRegStr HKLM "${ARP}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKLM "${ARP}" "Comments" "${COMMIT}"
  WriteRegStr HKLM "${ARP}" "Publisher" "Desk"
  WriteRegStr HKLM "${ARP}" "DisplayIcon" "$INSTDIR\${PROGRAM}"
  WriteRegStr HKLM "${ARP}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKLM "${ARP}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${ARP}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${ARP}" "NoModify" 1
  WriteRegDWORD HKLM "${ARP}" "NoRepair" 1
  SectionGetSize ${PROGRAM_FILES} $0
  WriteRegDWORD HKLM "${ARP}" "EstimatedSize" $0
  ${GetTime} "" "L" $1 $2 $3 $4 $5 $6 $7
  WriteRegStr HKLM "${ARP}" "InstallDate" "$3$2$1"

  ; Starts the seat again after an update, in the session of everybody who is signed in; without a trigger of its own.
  ${WordReplace} "$INSTDIR" "&" "&amp;" "+" $R6
  StrCpy $R4 "$PLUGINSDIR\seat.xml"
  FileOpen $1 "$R4" w
  FileWriteUTF16LE /BOM $1 '<?xml version="1.0" encoding="UTF-16"?>$\r$\n<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">'
  FileWriteUTF16LE $1 '<Principals><Principal id="seat"><GroupId>S-1-5-32-545</GroupId><RunLevel>LeastPrivilege</RunLevel></Principal></Principals>'
  FileWriteUTF16LE $1 '<Settings><MultipleInstancesPolicy>Parallel</MultipleInstancesPolicy><ExecutionTimeLimit>PT0S</ExecutionTimeLimit><DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries></Settings>'
  FileWriteUTF16LE $1 '<Actions Context="seat"><Exec><Command>"$R6\${PROGRAM}"</Command></Exec></Actions></Task>'
  FileClose $1
  StrCpy $R5 "\Desk\Seat"
  Call CreateTask
FunctionEnd

; What fetches and lays out new versions for all seats of this PC, as SYSTEM; each seat then chooses for itself. The hour
; differs from PC to PC, so that thirty of them do not fetch at once.
Function ScheduleUpdates
  ${WordReplace} "$INSTDIR" "&" "&amp;" "+" $R6
  StrCpy $R4 "$PLUGINSDIR\update.xml"
  FileOpen $1 "$R4" w
  FileWriteUTF16LE /BOM $1 '<?xml version="1.0" encoding="UTF-16"?>$\r$\n<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">'
  FileWriteUTF16LE $1 '<Triggers><CalendarTrigger><Repetition><Interval>PT1H</Interval><Duration>P1D</Duration></Repetition><StartBoundary>2026-01-01T00:10:00</StartBoundary><Enabled>true</Enabled><RandomDelay>PT50M</RandomDelay><ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay></CalendarTrigger></Triggers>'
  FileWriteUTF16LE $1 '<Principals><Principal id="machine"><UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel></Principal></Principals>'
  FileWriteUTF16LE $1 '<Settings><MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy><StartWhenAvailable>true</StartWhenAvailable><DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries><ExecutionTimeLimit>PT2H</ExecutionTimeLimit><Priority>7</Priority></Settings>'
  FileWriteUTF16LE $1 '<Actions Context="machine"><Exec><Command>"$R6\desk.exe"</Command><Arguments>update fetch</Arguments></Exec></Actions></Task>'
  FileClose $1
  StrCpy $R5 "\Desk\Update"
  Call CreateTask
FunctionEnd

Function CreateTask ; $R5 from the file $R4
  nsExec::ExecToStack '"$SYSDIR\schtasks.exe" /Create /TN "$R5" /XML "$R4" /F'
  Pop $1
  Pop $2
  ${If} $1 != 0
    StrCpy $0 "the task $R5 could not be made ($1): $2"
    Call Say
  ${EndIf}
FunctionEnd

; Links to numbers: Desk offers itself for all, and becomes the handler of those that have none. Which program a person
; wants is theirs to choose in Windows' settings ("default apps").
Function TakeLinks
  WriteRegStr HKLM "Software\Classes\Desk.Number" "" "Desk"
  WriteRegStr HKLM "Software\Classes\Desk.Number" "URL Protocol" ""
  WriteRegStr HKLM "Software\Classes\Desk.Number\DefaultIcon" "" "$INSTDIR\${PROGRAM},0"
  WriteRegStr HKLM "Software\Classes\Desk.Number\shell\open\command" "" '"$INSTDIR\${PROGRAM}" dial "%1"'
  WriteRegStr HKLM "Software\Desk\Capabilities" "ApplicationName" "Desk"
  WriteRegStr HKLM "Software\Desk\Capabilities" "ApplicationDescription" "$(LINKS_TEXT)"
  WriteRegStr HKLM "Software\RegisteredApplications" "Desk" "Software\Desk\Capabilities"
  !macro TAKE scheme
    WriteRegStr HKLM "Software\Desk\Capabilities\UrlAssociations" "${scheme}" "Desk.Number"
    ReadRegStr $0 HKLM "Software\Classes\${scheme}\shell\open\command" ""
    ReadRegStr $1 HKLM "Software\Classes\${scheme}" "Desk"
    ${If} $0 == ""
    ${OrIf} $1 == "1"
      WriteRegStr HKLM "Software\Classes\${scheme}" "" "URL:${scheme}"
      WriteRegStr HKLM "Software\Classes\${scheme}" "URL Protocol" ""
      WriteRegStr HKLM "Software\Classes\${scheme}" "Desk" "1" ; ours to take away again
      WriteRegStr HKLM "Software\Classes\${scheme}\shell\open\command" "" '"$INSTDIR\${PROGRAM}" dial "%1"'
    ${EndIf}
  !macroend
  !insertmacro TAKE "tel"
  !insertmacro TAKE "sip"
  !insertmacro TAKE "sips"
  !insertmacro TAKE "callto"
FunctionEnd

Function un.onInit
  Call un.Begin
  ReadRegStr $0 HKLM "Software\Desk" "InstallDir"
  ${If} $0 != $INSTDIR ; a copy of the uninstaller somewhere else must not remove what lies beside it
  ${OrIfNot} ${FileExists} "$INSTDIR\installed.ini"
    StrCpy $Code ${FOREIGN_FOLDER}
    StrCpy $Why "$(FOREIGN_FOLDER_TEXT)"
    Call un.Refuse
  ${EndIf}
  CreateDirectory "${DATA}"
  Call un.OpenLog
  StrCpy $0 "Desk ${VERSION} is removed from $INSTDIR"
  Call un.Say
FunctionEnd

Section "un.Desk"
  Call un.MakeWay
  ${If} $R0 == 1
    StrCpy $Code ${SEAT_IN_USE}
    StrCpy $Why "$(SEAT_IN_USE_TEXT)"
    Call un.Fail
  ${EndIf}
  SetOutPath "$TEMP"

  DeleteRegValue HKLM "${RUN}" "Desk"
  DeleteRegValue HKLM "Software\RegisteredApplications" "Desk"
  DeleteRegKey HKLM "Software\Classes\Desk.Number"
  !macro GIVE_BACK scheme
    ReadRegStr $1 HKLM "Software\Classes\${scheme}" "Desk"
    ${If} $1 == "1"
      DeleteRegKey HKLM "Software\Classes\${scheme}"
    ${EndIf}
  !macroend
  !insertmacro GIVE_BACK "tel"
  !insertmacro GIVE_BACK "sip"
  !insertmacro GIVE_BACK "sips"
  !insertmacro GIVE_BACK "callto"
  DeleteRegKey HKLM "Software\Microsoft\Windows\CurrentVersion\App Paths\desk.exe"
  Delete "$SMPROGRAMS\Desk.lnk"
  !insertmacro DROP_SETUP_ENTRY
  Call un.CloseFirewall
  nsExec::Exec '"$SYSDIR\schtasks.exe" /Delete /TN "\Desk\Update" /F'
  Pop $1
  nsExec::Exec '"$SYSDIR\schtasks.exe" /Delete /TN "\Desk\Seat" /F'
  Pop $1

  RMDir /r "$INSTDIR.new"
  RMDir /r "$INSTDIR.old"
  RMDir /r "${DATA}\versions" ; programs, not data
  RMDir /r "$INSTDIR"
  ${If} ${FileExists} "$INSTDIR\desk.exe" ; still registered, so that it can be tried again
    StrCpy $Code ${NOT_WRITTEN}
    StrCpy $Why "$(NOT_WRITTEN_TEXT)"
    Call un.Fail
  ${EndIf}
  DeleteRegKey HKLM "${ARP}"
  DeleteRegKey HKLM "Software\Desk"
  Delete "${DATA}\making-way"

  StrCpy $0 "Desk is removed"
  Call un.Say
  ${GetParameters} $1
  ClearErrors
  ${GetOptions} $1 "/PURGEUSERS" $2
  ${IfNot} ${Errors}
    Call un.PurgeUsers
    StrCpy $3 1
  ${EndIf}
  ClearErrors
  ${GetOptions} $1 "/PURGE" $2 ; /PURGEUSERS begins with it, and does both
  ${IfNot} ${Errors}
    FileClose $Log
    RMDir /r "${DATA}"
  ${Else}
    FileClose $Log
  ${EndIf}
  SetErrorLevel 0
SectionEnd

; Stores, drafts, settings, recordings that the vault has not got yet: of everybody with a profile on this PC. Asked for by
; name only.
Function un.PurgeUsers
  StrCpy $R3 0
  ${Do}
    EnumRegKey $R4 HKLM "SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList" $R3
    ${IfThen} $R4 == "" ${|} ${ExitDo} ${|}
    IntOp $R3 $R3 + 1
    ReadRegStr $R5 HKLM "SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList\$R4" "ProfileImagePath"
    ExpandEnvStrings $R5 "$R5"
    ${If} $R5 != ""
    ${AndIf} ${FileExists} "$R5\AppData\Local\desk\*.*"
      StrCpy $0 "removing $R5\AppData\Local\desk"
      Call un.Say
      RMDir /r "$R5\AppData\Local\desk"
    ${EndIf}
  ${Loop}
FunctionEnd
