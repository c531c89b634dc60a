<#
.SYNOPSIS
Runs rdptrace and returns its reports as objects.
.DESCRIPTION
rdptrace must be in the PATH. Each function returns the JSON report as an object, with the exit code as a property ExitCode.
Without a credential nobody is logged on.
.EXAMPLE
Import-Module .\rdptrace.psm1
(Invoke-RdpTrace rdsh01.corp.example).verdict.summary
#>

#Requires -Version 5.1
Set-StrictMode -Version Latest

# Exit codes of a run that has no report.
$script:CouldNotRun = 2

# Windows PowerShell reads what a program prints in the code page of the console, so the report takes the way of a file.
function Invoke-Program {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory)] [string[]] $Arguments,
        [string] $Target,
        [pscredential] $Credential
    )
    $program = Get-Command -Name rdptrace -CommandType Application -ErrorAction Stop | Select-Object -First 1
    $file = [IO.Path]::GetTempFileName()
    $password = $env:RDPTRACE_PASSWORD
    try {
        if ($Credential) {
            $Arguments += '--user', $Credential.UserName
            $env:RDPTRACE_PASSWORD = $Credential.GetNetworkCredential().Password
        }
        $Arguments += '--output', $file
        # Behind the two dashes a name that looks like an option is a target.
        if ($Target) { $Arguments += '--', $Target }
        & $program.Source @Arguments
        $code = $LASTEXITCODE
        $text = Get-Content -LiteralPath $file -Raw -Encoding UTF8
        if ($code -eq $script:CouldNotRun -or -not $text) {
            throw "rdptrace could not run (exit code $code)"
        }
        $text | ConvertFrom-Json | Add-Member -NotePropertyName ExitCode -NotePropertyValue $code -PassThru
    } finally {
        $env:RDPTRACE_PASSWORD = $password
        Remove-Item -LiteralPath $file -ErrorAction SilentlyContinue
    }
}

function Invoke-RdpTrace {
    <#
    .SYNOPSIS
    Traces a Remote Desktop connection, phase by phase.
    .DESCRIPTION
    The report says how far the connection got, who ended it and how, and which causes fit. With a credential there is one logon
    attempt; its password reaches rdptrace in its environment and is gone from this one afterwards.
    .PARAMETER Target
    A host, host:port, an rdp:// address or an .rdp file.
    .PARAMETER Credential
    The account for one logon attempt.
    .PARAMETER Wait
    How long to try until the host is ready, such as 15m.
    .PARAMETER Until
    The phase to stop after, such as tls.
    .PARAMETER Gateway
    The RD Gateway in front of the host.
    .PARAMETER FailOn
    The severity of findings that makes the exit code 1.
    .EXAMPLE
    (Invoke-RdpTrace rdsh01.corp.example).verdict.summary
    .EXAMPLE
    'rdsh01', 'rdsh02' | Invoke-RdpTrace | Where-Object ExitCode -ne 0
    .EXAMPLE
    Invoke-RdpTrace rdsh01.corp.example -Credential (Get-Credential) -Wait 15m
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline)] [string] $Target,
        [pscredential] $Credential,
        [string] $Wait,
        [string] $Until,
        [string] $Gateway,
        [ValidateSet('error', 'warning', 'never')] [string] $FailOn = 'error'
    )
    process {
        $arguments = @('trace', '--format', 'json', '--quiet', '--fail-on', $FailOn)
        if ($Wait) { $arguments += @('--wait', $Wait) }
        if ($Until) { $arguments += @('--until', $Until) }
        if ($Gateway) { $arguments += @('--gateway', $Gateway) }
        Invoke-Program -Arguments $arguments -Target $Target -Credential $Credential
    }
}

function Get-RdpPosture {
    <#
    .SYNOPSIS
    Tells what a server accepts: protocols, NLA, TLS versions and suites, CredSSP, certificate.
    .PARAMETER Target
    A host, host:port, an rdp:// address or an .rdp file.
    .PARAMETER FailOn
    The severity of findings that makes the exit code 1.
    .EXAMPLE
    (Get-RdpPosture rdsh01.corp.example).findings
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline)] [string] $Target,
        [ValidateSet('error', 'warning', 'never')] [string] $FailOn = 'error'
    )
    process {
        $arguments = @('posture', '--format', 'json', '--quiet', '--fail-on', $FailOn)
        Invoke-Program -Arguments $arguments -Target $Target
    }
}

function Test-RdpMachine {
    <#
    .SYNOPSIS
    Checks this machine as a client and as a host of Remote Desktop; nothing is changed.
    .PARAMETER Target
    Also look for what this machine says about this host.
    .EXAMPLE
    (Test-RdpMachine).local | Where-Object status -ne ok
    #>
    [CmdletBinding()]
    param([Parameter(Position = 0)] [string] $Target)
    $arguments = @('local', '--format', 'json')
    if ($Target) { $arguments += @('--target', $Target) }
    Invoke-Program -Arguments $arguments
}

Export-ModuleMember -Function 'Invoke-RdpTrace', 'Get-RdpPosture', 'Test-RdpMachine'
