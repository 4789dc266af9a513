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
                throw GitError(
                    .modified, "trust settings", tree.path.description,
                    message: odd.joined(separator: ", "))
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
        // The program reads names by line and unquotes them: others count as changed.
        let asked = undecided.filter {
            !$0.path.bytes.contains(UInt8(ascii: "\n")) && $0.path.bytes.first != UInt8(ascii: "\"")
        }
        do throws(WorktreeError) {
            let output = try await git.runToSuccess(
                ["hash-object", "--stdin-paths"], in: tree.path,
                input: asked.flatMap { $0.path.bytes + [UInt8(ascii: "\n")] }, stage: .inspect)
            let ids = String(decoding: output, as: UTF8.self).split(separator: "\n")
                .map { ObjectID($0) }
            let same = Set(
                zip(asked, ids).filter { $0.id == $1 }.map { asked, _ in asked.path })
            state.folder.modified += undecided.map(\.path).filter { !same.contains($0) }
            state.folder.modified.sort()
        } catch {
            state.folder.undecided = undecided
        }
    }
}
