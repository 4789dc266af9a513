package import Base

/// Why a pair is left to git's own merge.
package struct AskReason: Hashable, Sendable, CustomStringConvertible {
    /// What is in the way, whatever the path.
    package let kind: Kind
    /// For people: with the path.
    package let description: String

    /// The cases, in the words of `treeguild.self-check/1`.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A file that one side lacks may have been renamed.
        case rename
        /// A folder that one side emptied may have been renamed.
        case folderRename = "folder_rename"
        /// A path is a file on one side and a folder on the other.
        case fileDirectory = "file_directory"
        case submodule
        /// What the base holds is a link.
        case link
        /// An attribute names a merge driver.
        case driver
        /// The configuration changes how text merges.
        case setting
        /// The histories cross.
        case severalBases = "several_bases"
        /// Our own comparison and our own merge disagree.
        case disagreement
        /// Comparing the lines takes too much work, for git as well.
        case size
    }

    /// False where git would not come to an end in bearable time either, so that nobody is to ask it.
    package var isForGit: Bool { kind != .size }

    /// Takes the sentence as it is.
    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    static func rename(_ path: RepositoryPath) -> AskReason {
        AskReason(.rename, "\(path) may have been renamed")
    }

    static func folderRename(_ path: RepositoryPath) -> AskReason {
        AskReason(.folderRename, "the folder \(path) may have been renamed")
    }

    static func fileDirectory(_ path: RepositoryPath) -> AskReason {
        AskReason(.fileDirectory, "\(path) is a file on one side and a folder on the other")
    }

    /// The versions of the path are too large, and too unlike, to be compared line by line.
    package static func size(_ path: RepositoryPath) -> AskReason {
        AskReason(.size, "\(path) is too large to decide")
    }

    /// The path is merged by the named driver.
    package static func driver(_ name: String, _ path: RepositoryPath) -> AskReason {
        AskReason(.driver, "\(path) is merged by the driver \(name)")
    }
}
