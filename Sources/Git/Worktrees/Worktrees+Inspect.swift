import Base

extension Worktrees {
    /// Looks at a tree and says whether it is unchanged; every error counts as a change.
    ///
    /// Whether processes are alive in it is the caller's question.
    package func inspect(
        _ tree: Worktree, rules: TreeRules = TreeRules()
    ) async -> TreeInspection {
        await state(of: tree, rules: rules).inspection
    }

    /// The same, unabridged.
    func state(of tree: Worktree, rules: TreeRules) async -> TreeState {
        let opened: Repository
        do throws(GitError) {
            opened = try open(tree)
        } catch {
            var state = TreeState()
            state.fail(tree.path.description, error)
            return state
        }
        do {
            // Before git is run in the tree.
            let odd = try await oddSettings(of: tree, in: opened)
            guard odd.isEmpty else {
                var state = TreeState()
                state.findings.append(.settings(odd))
                return state
            }
        } catch {
            var state = TreeState()
            state.fail("settings", error)
            return state
        }
        return await look(at: tree, in: opened, level: level(of: tree), rules: rules)
    }

    /// Looks at a tree, or at a submodule of one, and at the submodules in it.
    ///
    /// - Parameter source: for a submodule, the main worktree's repository of it.
    func look(
        at tree: Worktree, in opened: Repository, level: ModuleLevel, rules: TreeRules,
        source: Repository? = nil
    ) async -> TreeState {
        var state = await opened.state(of: tree, rules: rules, isSubmodule: source != nil)
        if state.needsPlainIndex, git != nil {
            do throws(WorktreeError) {
                state = try await withPlainIndex(of: tree, in: opened, stage: .inspect) {
                    var state = await opened.state(
                        of: tree, rules: rules, isSubmodule: source != nil)
                    state.needsPlainIndex = true
                    return state
                }
            } catch {
                state.fail("index", error)
            }
        }
        if let source { await leaveOut(heldBy: source, &state) }
        await decideFiltered(in: tree, &state)
        await lookAtSubmodules(of: tree, in: opened, level: level, rules: rules, &state)
        return state
    }

    /// Asks git about the files with filters that only git has.
    private func decideFiltered(in tree: Worktree, _ state: inout TreeState) async {
        guard let git, !state.folder.undecided.isEmpty else { return }
        let undecided = state.folder.undecided
        state.folder.undecided = []
        do throws(WorktreeError) {
            let output = try await git.runToSuccess(
                ["hash-object", "--stdin-paths"], in: tree.path,
                input: undecided.flatMap { $0.path.quotedLine }, stage: .inspect)
            let ids = String(decoding: output, as: UTF8.self).split(separator: "\n")
                .map { ObjectID($0) }
            let same = Set(
                zip(undecided, ids).filter { $0.id == $1 }.map { asked, _ in asked.path })
            state.folder.modified += undecided.map(\.path).filter { !same.contains($0) }
            state.folder.modified.sort()
        } catch {
            state.folder.undecided = undecided
        }
    }
}

extension RepositoryPath {
    /// The path as git reads names by line: between quotes where a byte of it would not come through.
    fileprivate var quotedLine: [UInt8] {
        let (quote, escape) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
        let end = [UInt8(ascii: "\n")]
        guard bytes.contains(where: { $0 < 0x20 || $0 == quote || $0 == escape }) else {
            return bytes + end
        }
        let inside = bytes.flatMap { byte -> [UInt8] in
            if byte == quote || byte == escape { return [escape, byte] }
            guard byte < 0x20 else { return [byte] }
            let digits = String(byte, radix: 8)
            return [escape] + String(repeating: "0", count: 3 - digits.count).utf8 + digits.utf8
        }
        return [quote] + inside + [quote] + end
    }
}
