/// What happens to a call that no rule speaks of.
package enum PermissionMode: String, Hashable, Sendable, CaseIterable {
    /// Reading is allowed, all else asked.
    case `default`
    /// Edits below the worker's folders are allowed too.
    case acceptEdits
    /// Nothing may be changed.
    case plan
    /// What would be asked is denied.
    case dontAsk
    /// All is allowed that no rule denies or asks.
    case bypassPermissions

    /// Reads a mode as definitions and settings spell it; `manual` and `auto` are `default`.
    package init?(named name: String) {
        if ["manual", "auto"].contains(name) {
            self = .default
        } else {
            self.init(rawValue: name)
        }
    }
}

/// What the rules and the mode say of a call.
package enum PermissionVerdict: Hashable, Sendable {
    case allow
    /// Somebody has to be asked; the reason is half a sentence.
    case ask(String)
    /// Never; the reason is half a sentence.
    case deny(String)

    /// The stricter of two.
    func and(_ other: PermissionVerdict) -> PermissionVerdict {
        switch (self, other) {
        case (.deny, _): self
        case (_, .deny): other
        case (.ask, _): self
        default: other
        }
    }
}
