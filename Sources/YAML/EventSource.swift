import CYAML

/// One event of libyaml as a value.
struct Event {
    let mark: YAMLMark
    let kind: Kind
    let anchor: String?
    let tag: String?

    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd, sequenceEnd, mappingEnd
        case sequenceStart, mappingStart
        case alias(String)
        case scalar(String, isPlain: Bool)
        case none
    }
}

/// libyaml's parser over a text that stays where it is.
///
/// The parser keeps a pointer to itself, so it lives on the heap, and one to the text, so a source
/// must not outlive the buffer it was made with.
struct EventSource: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeBufferPointer<UInt8>
    /// Added to every line.
    private let lineOffset: Int

    init(_ text: UnsafeBufferPointer<UInt8>, firstLine: Int) throws(YAMLError) {
        self.text = text
        lineOffset = firstLine - 1
        parser = .allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            throw YAMLError(YAMLMark(line: firstLine, column: 1), .outOfMemory)
        }
        yaml_parser_set_input_string(parser, text.baseAddress, text.count)
        // Without this, UTF-16 could be recognised by its first bytes.
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    mutating func next() throws(YAMLError) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        let data = event.data
        func make(
            _ kind: Event.Kind, anchor: UnsafeMutablePointer<yaml_char_t>? = nil,
            tag: UnsafeMutablePointer<yaml_char_t>? = nil
        ) -> Event {
            Event(
                mark: mark(event.start_mark), kind: kind,
                anchor: anchor.map { String(cString: $0) }, tag: tag.map { String(cString: $0) })
        }
        switch event.type {
        case YAML_STREAM_START_EVENT: return make(.streamStart)
        case YAML_STREAM_END_EVENT: return make(.streamEnd)
        case YAML_DOCUMENT_START_EVENT: return make(.documentStart)
        case YAML_DOCUMENT_END_EVENT: return make(.documentEnd)
        case YAML_SEQUENCE_END_EVENT: return make(.sequenceEnd)
        case YAML_MAPPING_END_EVENT: return make(.mappingEnd)
        case YAML_ALIAS_EVENT: return make(.alias(String(cString: data.alias.anchor)))
        case YAML_SEQUENCE_START_EVENT:
            return make(
                .sequenceStart, anchor: data.sequence_start.anchor, tag: data.sequence_start.tag)
        case YAML_MAPPING_START_EVENT:
            return make(
                .mappingStart, anchor: data.mapping_start.anchor, tag: data.mapping_start.tag)
        case YAML_SCALAR_EVENT:
            let bytes = UnsafeBufferPointer(start: data.scalar.value, count: data.scalar.length)
            let isPlain = data.scalar.style == YAML_PLAIN_SCALAR_STYLE
            return make(
                .scalar(String(decoding: bytes, as: UTF8.self), isPlain: isPlain),
                anchor: data.scalar.anchor, tag: data.scalar.tag)
        default: return make(.none)
        }
    }

    private func mark(_ mark: yaml_mark_t) -> YAMLMark {
        YAMLMark(line: Int(mark.line) + 1 + lineOffset, column: Int(mark.column) + 1)
    }

    /// What the parser complains about. The reader knows only an offset, the rest a place.
    private func failure() -> YAMLError {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? ""
        switch state.error {
        case YAML_MEMORY_ERROR: return YAMLError(mark(state.mark), .outOfMemory)
        case YAML_READER_ERROR:
            let offset = min(Int(state.problem_offset), text.count)
            return YAMLError(mark(offset: offset), .syntax(problem, since: nil))
        default:
            // The parser counts one line more at the end of a text without a final newline.
            let end = mark(offset: text.count)
            let since = state.context == nil ? nil : mark(state.context_mark)
            return YAMLError(min(mark(state.problem_mark), end), .syntax(problem, since: since))
        }
    }

    private func mark(offset: Int) -> YAMLMark {
        YAMLMark(offset: offset, in: text, firstLine: lineOffset + 1)
    }
}

extension YAMLMark {
    /// The place of a byte in valid UTF-8 up to there; line feeds end lines.
    init(offset: Int, in text: some Collection<UInt8>, firstLine: Int) {
        var line = firstLine
        var column = 1
        for byte in text.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xc0 != 0x80 {
                column += 1
            }
        }
        self.init(line: line, column: column)
    }
}
