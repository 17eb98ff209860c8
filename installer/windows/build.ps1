<#
.SYNOPSIS
Builds Desk for Windows: the bundle by PyInstaller from the same recipe as on Linux, Group Policy's templates, and the
installer by NSIS. On a 64-bit Windows 10 or 11 with Git, Python 3.11 or 3.12 (64 bits) and NSIS 3.08 or later.

.DESCRIPTION
    powershell -ExecutionPolicy Bypass -File installer\windows\build.ps1

What comes out lies in build\windows: desk-VERSION-amd64.exe with its SHA-256 beside it, and policies\ for a domain.
It is made of the last commit, not of files that were changed since. Every package is the one of requirements.lock, by
its hash. Not run by the tests: there is no Windows where they run; they hold the script against the files it names.

.PARAMETER Python
The Python that is built with.

.PARAMETER MakeNsis
NSIS' compiler; looked for where its installer puts it.

.PARAMETER Certificate
Thumbprint of a code-signing certificate in this user's or this computer's store. With it every program and library
that nobody has signed is signed, and the installer and the uninstaller, too.

.PARAMETER TimestampServer
An RFC 3161 server, http://...: without one, signatures end with the certificate.
#>
#Requires -Version 5.1
[CmdletBinding()]
param(
    [string] $Python = "python",
    [string] $MakeNsis = "",
    [string] $Certificate = "",
    [string] $TimestampServer = ""
)
Set-StrictMode -Version Latest
$ErrorActionPreference = "Stop"
$Root = (Resolve-Path (Join-Path $PSScriptRoot "..\..")).Path
$Out = Join-Path $Root "build\windows"
$Venv = Join-Path $Out "venv"
$Bundle = Join-Path $Out "desk"
Set-Location $Root

function Invoke-Checked([string] $Program, [string[]] $Arguments) {
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { throw "$Program $($Arguments -join ' ') ended with $LASTEXITCODE" }
}

function Find-Program([string] $Given, [string[]] $Places, [string] $What) {
    foreach ($Place in @($Given) + $Places) {
        if ($Place -and (Test-Path -LiteralPath $Place)) { return $Place }
    }
    $Found = Get-Command $What -ErrorAction SilentlyContinue
    if ($Found) { return $Found.Source }
    throw "$What was not found. Install it, or name it (see Get-Help $PSCommandPath)."
}

function Get-SignTool {
    $Kits = Join-Path ${env:ProgramFiles(x86)} "Windows Kits\10\bin"
    $Tools = @(Get-ChildItem -Path $Kits -Filter signtool.exe -Recurse -ErrorAction SilentlyContinue |
        Where-Object { $_.FullName -like "*\x64\*" } | Sort-Object FullName -Descending | ForEach-Object FullName)
    Find-Program "" $Tools "signtool.exe"
}

function Get-SignArguments {
    $Arguments = @("sign", "/q", "/fd", "SHA256", "/sha1", $Certificate)
    if ($TimestampServer) { $Arguments += @("/tr", $TimestampServer, "/td", "SHA256") }
    $Arguments
}

# What it takes
if (-not [Environment]::Is64BitOperatingSystem) { throw "Desk is for 64-bit Windows." }
$Fits = "import struct, sys; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 12) and struct.calcsize('P') == 8))"
& $Python -c $Fits
if ($LASTEXITCODE -ne 0) { throw "$Python is not Python 3.11 or 3.12 with 64 bits (-Python names another one)." }
$MakeNsis = Find-Program $MakeNsis @(
    (Join-Path ${env:ProgramFiles(x86)} "NSIS\Bin\makensis.exe"),
    (Join-Path ${env:ProgramFiles(x86)} "NSIS\makensis.exe")
) "makensis.exe"

# Python packages, by their hashes
New-Item -ItemType Directory -Force -Path $Out | Out-Null
if (-not (Test-Path (Join-Path $Venv "Scripts\python.exe"))) { Invoke-Checked $Python @("-m", "venv", $Venv) }
$InVenv = Join-Path $Venv "Scripts\python.exe"
$Pip = @("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
Invoke-Checked $InVenv ($Pip + @("--require-hashes", "-r", "requirements.lock"))
Invoke-Checked $InVenv ($Pip + @("--no-deps", "--no-build-isolation", "-e", "."))
Invoke-Checked $InVenv @("tools\translations.py", "compile")

# The bundle
Invoke-Checked $InVenv @("-m", "tools.bundle", "--out", $Bundle)
Invoke-Checked $InVenv @("tools\icons.py", (Join-Path $Out "icons"))
Invoke-Checked $InVenv @("-m", "tools.policy_templates", (Join-Path $Out "policies"))
$Stamp = Get-Content -Raw -Encoding UTF8 (Join-Path $Bundle "_internal\desk\_build.json") | ConvertFrom-Json
# It has to run here before it is given to anybody
Invoke-Checked (Join-Path $Bundle "desk.exe") @("--version")

# Signatures
$Sign = @()
if ($Certificate) {
    $SignTool = Get-SignTool
    $SignArguments = Get-SignArguments
    $Unsigned = @(Get-ChildItem -Path $Bundle -Recurse -Include *.exe, *.dll, *.pyd |
        Where-Object { (Get-AuthenticodeSignature -LiteralPath $_.FullName).Status -eq "NotSigned" } |
        ForEach-Object FullName)
    foreach ($File in $Unsigned) { Invoke-Checked $SignTool ($SignArguments + @($File)) }
    $Quoted = $SignArguments | ForEach-Object { if ($_ -match "\s") { "`"$_`"" } else { $_ } }
    $Sign = @("-DSIGN=`"$SignTool`" $($Quoted -join ' ')")
}

# The installer; NSIS has 64-bit stubs only where somebody has built them
$Target = "x86-unicode"
foreach ($Folder in @((Split-Path $MakeNsis), (Split-Path (Split-Path $MakeNsis)))) {
    if (Test-Path (Join-Path $Folder "Stubs\lzma_solid-amd64-unicode")) { $Target = "amd64-unicode" }
}
$Installer = Join-Path $Out "desk-$($Stamp.version)-amd64.exe"
Invoke-Checked $MakeNsis (@(
    "-V2", "-WX", "-INPUTCHARSET", "UTF8",
    "-DTARGET=$Target",
    "-DPAYLOAD=$Bundle",
    "-DVERSION=$($Stamp.version)",
    "-DCOMMIT=$($Stamp.commit)",
    "-DICON=$(Join-Path $Out 'icons\desk.ico')",
    "-DOUT=$Installer"
) + $Sign + @("installer\windows\desk.nsi"))
if ($Certificate) { Invoke-Checked $SignTool ($SignArguments + @($Installer)) }
$Hash = (Get-FileHash -Algorithm SHA256 -LiteralPath $Installer).Hash.ToLowerInvariant()
[IO.File]::WriteAllText("$Installer.sha256", "$Hash  $(Split-Path -Leaf $Installer)`n")
Write-Output "$Installer"
Write-Output "SHA-256 $Hash"
