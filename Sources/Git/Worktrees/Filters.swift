import Base
import CLibgit2
import Glibc

/// A repository handle lent by its owner for the length of a call.
struct BorrowedRepository {
    let pointer: OpaquePointer
}

extension BorrowedRepository {
    /// True when the attributes of a path ask for a filter that libgit2 lacks or does otherwise than git:
    /// a configured driver, another encoding, `ident`.
    func needsGitFilter(_ path: UnsafePointer<CChar>) throws(GitError) -> Bool {
        let names = ["filter", "working-tree-encoding", "ident"].map { strdup($0 as String) }
        defer { names.forEach { free($0) } }
        var wanted: [UnsafePointer<CChar>?] = names.map { UnsafePointer($0) }
        var found: [UnsafePointer<CChar>?] = names.map { _ in nil }
        try check(
            git_attr_get_many(&found, pointer, 0, path, wanted.count, &wanted), "read attributes",
            String(cString: path))
        if git_attr_value(found[0]) == GIT_ATTR_VALUE_STRING, let driver = found[0],
            try hasDriver(String(cString: driver))
        {
            return true
        }
        return git_attr_value(found[1]) == GIT_ATTR_VALUE_STRING
            || git_attr_value(found[2]) == GIT_ATTR_VALUE_TRUE
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
