extension YAMLNode {
    /// Nodes in one document, expanded aliases included.
    package static let nodeLimit = 1_000_000
    /// Levels of sequences and mappings, expanded aliases included.
    package static let depthLimit = 100

    /// Parses one YAML document in UTF-8 by the core schema of YAML 1.2; an empty text is null.
    ///
    /// Keys must be strings and each may stand once; `<<` is a key like any other. `firstLine` is
    /// the number of the text's first line, for a text cut out of another.
    package init(
        parsing text: some Collection<UInt8>, firstLine: Int = 1
    ) throws(YAMLError) {
        var bytes = Array(text)
        if let (offset, byte) = bytes.firstInvalidUTF8 {
            throw YAMLError(
                YAMLMark(offset: offset, in: bytes, firstLine: firstLine),
                .invalidUTF8(byte: byte))
        }
        // A byte order mark would shift the columns of the first line.
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes.removeFirst(3) }
        // The closure cannot throw a typed error, so its outcome is a value.
        let result: Result<YAMLNode, YAMLError> = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(YAMLError) in
                var composer = Composer(source: try EventSource(buffer, firstLine: firstLine))
                return try composer.document(firstLine: firstLine)
            }
        }
        self = try result.get()
    }

    /// The same for a text that is UTF-8 by its type.
    package init(parsing text: String, firstLine: Int = 1) throws(YAMLError) {
        try self.init(parsing: Array(text.utf8), firstLine: firstLine)
    }
}

/// Makes the tree of nodes from events.
private struct Composer: ~Copyable {
    var source: EventSource
    var anchors: [String: Subtree] = [:]
    var count = 0

    /// A finished node with what an alias to it costs.
    struct Subtree {
        let node: YAMLNode
        var nodes = 1
        /// Levels of sequences and mappings, 0 for a scalar.
        var height = 0
    }

    init(source: consuming EventSource) { self.source = source }

    mutating func document(firstLine: Int) throws(YAMLError) -> YAMLNode {
        _ = try source.next()
        var event = try source.next()
        guard case .documentStart = event.kind else {
            let mark = YAMLMark(line: firstLine, column: 1)
            return YAMLNode(mark: mark, value: .scalar(YAMLScalar(text: "", tag: .null)))
        }
        let tree = try subtree(try source.next(), depth: 0)
        _ = try source.next()
        event = try source.next()
        guard case .streamEnd = event.kind else { throw YAMLError(event.mark, .secondDocument) }
        return tree.node
    }

    private mutating func subtree(_ event: Event, depth: Int) throws(YAMLError) -> Subtree {
        let tree: Subtree
        switch event.kind {
        case .alias(let name): return try expanded(name, event, depth: depth)
        case .scalar(let text, let isPlain):
            let scalar = try Composer.scalar(text, isPlain: isPlain, event)
            tree = Subtree(node: YAMLNode(mark: event.mark, value: .scalar(scalar)))
            try add(1, at: event.mark)
        case .sequenceStart: tree = try sequence(event, depth: depth + 1)
        case .mappingStart: tree = try mapping(event, depth: depth + 1)
        default:
            throw YAMLError(event.mark, .syntax("did not find expected node content", since: nil))
        }
        // Only now: an alias inside its own anchor has no end.
        if let anchor = event.anchor { anchors[anchor] = tree }
        return tree
    }

    private mutating func expanded(
        _ name: String, _ event: Event, depth: Int
    ) throws(YAMLError) -> Subtree {
        guard let target = anchors[name] else { throw YAMLError(event.mark, .unknownAlias(name)) }
        try add(target.nodes, at: event.mark)
        try check(depth: depth + target.height, at: event.mark)
        let node = YAMLNode(mark: event.mark, value: target.node.value)
        return Subtree(node: node, nodes: target.nodes, height: target.height)
    }

    private mutating func sequence(_ start: Event, depth: Int) throws(YAMLError) -> Subtree {
        try open(start, tag: "seq", depth: depth)
        var items: [YAMLNode] = []
        var (nodes, height) = (1, 0)
        while true {
            let event = try source.next()
            if case .sequenceEnd = event.kind { break }
            let item = try subtree(event, depth: depth)
            items.append(item.node)
            nodes += item.nodes
            height = max(height, item.height)
        }
        let node = YAMLNode(mark: start.mark, value: .sequence(items))
        return Subtree(node: node, nodes: nodes, height: height + 1)
    }

    private mutating func mapping(_ start: Event, depth: Int) throws(YAMLError) -> Subtree {
        try open(start, tag: "map", depth: depth)
        var entries: [YAMLEntry] = []
        var seen: [String: YAMLMark] = [:]
        var (nodes, height) = (1, 0)
        while true {
            let event = try source.next()
            if case .mappingEnd = event.kind { break }
            let key = try key(try subtree(event, depth: depth).node)
            if let first = seen.updateValue(event.mark, forKey: key) {
                throw YAMLError(event.mark, .duplicateKey(key, first: first))
            }
            let value = try subtree(try source.next(), depth: depth)
            entries.append(YAMLEntry(key: key, mark: event.mark, value: value.node))
            nodes += value.nodes + 1
            height = max(height, value.height)
        }
        let node = YAMLNode(mark: start.mark, value: .mapping(entries))
        return Subtree(node: node, nodes: nodes, height: height + 1)
    }

    private mutating func open(_ event: Event, tag: String, depth: Int) throws(YAMLError) {
        if let found = event.tag, found != "!", found != coreTagPrefix + tag {
            throw YAMLError(event.mark, .unknownTag(found))
        }
        try add(1, at: event.mark)
        try check(depth: depth, at: event.mark)
    }

    private func key(_ node: YAMLNode) throws(YAMLError) -> String {
        switch node.value {
        case .sequence: throw YAMLError(node.mark, .keyNotString("a sequence"))
        case .mapping: throw YAMLError(node.mark, .keyNotString("a mapping"))
        case .scalar(let scalar):
            guard scalar.tag == .string else {
                throw YAMLError(node.mark, .keyNotString(scalar.text))
            }
            return scalar.text
        }
    }

    private static func scalar(
        _ text: String, isPlain: Bool, _ event: Event
    ) throws(YAMLError) -> YAMLScalar {
        guard let tag = event.tag else {
            return YAMLScalar(text: text, tag: isPlain ? CoreSchema.tag(of: text) : .string)
        }
        if tag == "!" { return YAMLScalar(text: text, tag: .string) }
        guard tag.hasPrefix(coreTagPrefix),
            let known = YAMLScalar.Tag(rawValue: String(tag.dropFirst(coreTagPrefix.count)))
        else { throw YAMLError(event.mark, .unknownTag(tag)) }
        guard CoreSchema.accepts(text, as: known) else {
            throw YAMLError(event.mark, .invalidValue(text, tag: known.rawValue))
        }
        return YAMLScalar(text: text, tag: known)
    }

    private mutating func add(_ nodes: Int, at mark: YAMLMark) throws(YAMLError) {
        count += nodes
        guard count <= YAMLNode.nodeLimit else {
            throw YAMLError(mark, .tooManyNodes(limit: YAMLNode.nodeLimit))
        }
    }

    private func check(depth: Int, at mark: YAMLMark) throws(YAMLError) {
        guard depth <= YAMLNode.depthLimit else {
            throw YAMLError(mark, .tooDeep(limit: YAMLNode.depthLimit))
        }
    }
}

private let coreTagPrefix = "tag:yaml.org,2002:"

extension [UInt8] {
    /// Offset and value of the first byte that is no part of valid UTF-8.
    fileprivate var firstInvalidUTF8: (Int, UInt8)? {
        var parser = Unicode.UTF8.ForwardParser()
        var bytes = makeIterator()
        var offset = 0
        while true {
            switch parser.parseScalar(from: &bytes) {
            case .valid(let scalar): offset += scalar.count
            case .error: return (offset, self[offset])
            case .emptyInput: return nil
            }
        }
    }
}
