/// The descriptions of tools, which are texts in `Resources`.
enum ToolTexts {
    static let read = text(PackageResources.tool_read_md)
    static let write = text(PackageResources.tool_write_md)
    static let edit = text(PackageResources.tool_edit_md)
    static let multiEdit = text(PackageResources.tool_multiedit_md)
    static let notebookEdit = text(PackageResources.tool_notebookedit_md)
    static let glob = text(PackageResources.tool_glob_md)
    static let grep = text(PackageResources.tool_grep_md)
    static let bash = text(PackageResources.tool_bash_md)
    static let bashOutput = text(PackageResources.tool_bashoutput_md)
    static let killShell = text(PackageResources.tool_killshell_md)
    static let todoWrite = text(PackageResources.tool_todowrite_md)
    static let webFetch = text(PackageResources.tool_webfetch_md)
    static let skill = text(PackageResources.tool_skill_md)
    static let toolSearch = text(PackageResources.tool_toolsearch_md)
    static let structuredOutput = text(PackageResources.tool_structuredoutput_md)

    static func text(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}
