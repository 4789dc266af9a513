import Base
import CLibgit2

/// A repository handle lent by its owner for the length of a call.
struct BorrowedRepository {
    let pointer: OpaquePointer
}

extension BorrowedRepository {
    /// True when the attributes of a path ask for a filter that libgit2 lacks or does otherwise than git:
    /// a configured driver, another encoding, `ident`.
    func needsGitFilter(_ path: UnsafePointer<CChar>) throws(GitError) -> Bool {
        var driver: UnsafePointer<CChar>?
        try check(
            git_attr_get(&driver, pointer, 0, path, "filter"), "read attributes",
            String(cString: path))
        if git_attr_value(driver) == GIT_ATTR_VALUE_STRING, let driver,
            try hasDriver(String(cString: driver))
        {
            return true
        }
        var encoding: UnsafePointer<CChar>?
        try check(
            git_attr_get(&encoding, pointer, 0, path, "working-tree-encoding"), "read attributes",
            String(cString: path))
        if git_attr_value(encoding) == GIT_ATTR_VALUE_STRING { return true }
        var ident: UnsafePointer<CChar>?
        try check(
            git_attr_get(&ident, pointer, 0, path, "ident"), "read attributes",
            String(cString: path))
        return git_attr_value(ident) == GIT_ATTR_VALUE_TRUE
    }

    private func hasDriver(_ name: String) throws(GitError) -> Bool {
        let config = try Owned(git_config_free, "read configuration", "filter.\(name)") {
            git_repository_config_snapshot(&$0, pointer)
        }
        for kind in ["smudge", "clean", "process"] {
            var value: UnsafePointer<CChar>?
            let status = git_config_get_string(&value, config.pointer, "filter.\(name).\(kind)")
            if status == GIT_ENOTFOUND.rawValue { continue }
            try check(status, "read configuration", "filter.\(name).\(kind)")
            return true
        }
        return false
    }

    /// True when libgit2 has a filter of its own for a path, though it may leave the bytes as they are.
    func isFiltered(
        _ path: UnsafePointer<CChar>, _ mode: git_filter_mode_t
    ) throws(GitError) -> Bool {
        var list: OpaquePointer?
        try check(
            git_filter_list_load(&list, pointer, nil, path, mode, 0), "load filters",
            String(cString: path))
        guard let list else { return false }
        git_filter_list_free(list)
        return true
    }

    /// Hands over the bytes as libgit2's own filters turn them for a path.
    func withFiltered<Result>(
        _ bytes: UnsafeRawBufferPointer, _ path: UnsafePointer<CChar>, to mode: git_filter_mode_t,
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        var list: OpaquePointer?
        try check(
            git_filter_list_load(&list, pointer, nil, path, mode, 0), "load filters",
            String(cString: path))
        guard let list else { return try body(bytes) }
        defer { git_filter_list_free(list) }
        var out = git_buf()
        defer { git_buf_dispose(&out) }
        try check(
            git_filter_list_apply_to_buffer(
                &out, list, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count),
            "filter", String(cString: path))
        return try body(UnsafeRawBufferPointer(start: out.ptr, count: out.size))
    }
}
