import Review
import Base

/// The body of `treeguild doctor`.
@Sendable func doctorCommand(_ invocation: Invocation) async throws -> ExitCode {
    var settingsCheck = DoctorCheck(.machine, "settings", .ok, "fine")
    var worktrees: AbsolutePath?
    do {
        worktrees = try invocation.settings().worktrees
    } catch {
        // Broken settings are one more finding; the other checks are needed all the more.
        let words = CommandError(error)
        let found = ([words.message] + words.details).joined(separator: "; ")
        settingsCheck = DoctorCheck(
            .machine, "settings", .failure, found, advice: "treeguild help config")
    }
    let probe = DoctorProbe(
        program: ProgramProbe(folder: invocation.folder, environment: invocation.environment),
        places: invocation.places, worktrees: worktrees)
    let facts = await probe.facts()
    let checks = [settingsCheck] + DoctorCheck.judge(facts)
    let failures = checks.count { $0.status == .failure }
    let warnings = checks.count { $0.status == .warning }

    if invocation.isJSON {
        await invocation.output.document(
            "treeguild.doctor/1",
            [
                ("checks", .array(checks.map(\.json))), ("failures", .int(failures)),
                ("warnings", .int(warnings)),
            ])
    } else {
        await print(checks, to: invocation.output)
        await invocation.output.line()
        await invocation.output.line(
            "\(Text.count(failures, "failure")), \(Text.count(warnings, "warning"))")
    }
    return failures == 0 ? .done : .notDone
}

private func print(_ checks: [DoctorCheck], to output: Output) async {
    let width = checks.map { $0.name.count }.max() ?? 0
    for check in checks {
        let mark: StyledText =
            switch check.status {
            case .ok: "\("ok", .green)"
            case .warning: "\("warning", .yellow)"
            case .failure: "\("failure", .red)"
            }
        let name = StyledText(outside: check.name).padded(to: width)
        await output.line("\(mark.padded(to: 7))  \(name)  \(check.found)")
        if let advice = check.advice {
            await output.line("\(StyledText().padded(to: 11 + width))\("→ " + advice, .dim)")
        }
    }
}
