/// Header fields in order; names are compared without regard to case, and may occur twice.
package struct HTTPHeaders: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    /// One field.
    package struct Field: Hashable, Sendable {
        /// As spelled by whoever made it; HTTP/2 servers send lower case.
        package let name: String
        /// Without the white space around it.
        package let value: String
    }

    /// In the order in which they were added or received.
    package private(set) var fields: [Field]

    /// Takes fields as they are.
    package init(_ fields: [(String, String)] = []) {
        self.fields = fields.map { Field(name: $0.0, value: $0.1) }
    }

    package init(dictionaryLiteral elements: (String, String)...) { self.init(elements) }

    /// The first value of that name. Setting replaces all of that name; nil removes them.
    package subscript(name: String) -> String? {
        get { fields.first { $0.name.isSameFieldName(as: name) }?.value }
        set {
            fields.removeAll { $0.name.isSameFieldName(as: name) }
            if let newValue { fields.append(Field(name: name, value: newValue)) }
        }
    }

    /// Adds a field, whether or not there is one of that name.
    package mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// These fields, with those of `others` in place of the ones that have the same names.
    package func replacing(with others: HTTPHeaders) -> HTTPHeaders {
        var result = self
        for field in others.fields { result[field.name] = nil }
        result.fields += others.fields
        return result
    }

    /// The first field that HTTP cannot carry: an empty or odd name, or a line break or NUL.
    var firstUnusable: Field? {
        fields.first { field in
            field.name.utf8.isEmpty || !field.name.utf8.allSatisfy(\.isTokenByte)
                || field.value.utf8.contains { $0 == 0x0a || $0 == 0x0d || $0 == 0 }
        }
    }
}

extension String {
    fileprivate func isSameFieldName(as other: String) -> Bool {
        utf8.count == other.utf8.count
            && zip(utf8, other.utf8).allSatisfy { $0.lowered == $1.lowered }
    }
}

extension UInt8 {
    fileprivate var lowered: UInt8 { (0x41...0x5a).contains(self) ? self | 0x20 : self }

    /// RFC 9110, "tchar".
    fileprivate var isTokenByte: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(self)
        }
    }
}
