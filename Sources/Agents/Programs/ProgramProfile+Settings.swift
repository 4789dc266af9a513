package import Base

extension ProgramProfile {
    /// Takes over what a document of ``ProgramCatalog`` or of the settings says; keys that it does not have stay.
    ///
    /// Values of a wrong type are passed over: who reads the settings refuses them with their place.
    package mutating func apply(_ json: JSON) {
        func set(_ key: String, _ value: inout String) { value = json[key]?.stringValue ?? value }
        func list(_ key: String, _ value: inout [String]) {
            value = json[key].flatMap(ProgramProfile.texts) ?? value
        }
        func map(_ key: String, _ value: inout [String: String]) {
            for pair in json[key]?.objectValue?.pairs ?? [] {
                value[pair.key] = ProgramProfile.text(pair.value)
            }
        }
        set("title", &title)
        set("program", &program)
        format = json["format"]?.stringValue.flatMap(ProgramFormat.init(rawValue:)) ?? format
        prompt = json["prompt"]?.stringValue.flatMap(Prompt.init(rawValue:)) ?? prompt
        model = json["model"]?.stringValue ?? model
        provider = json["provider"]?.stringValue ?? provider
        stall = json["stall"]?.doubleValue ?? stall
        list("start", &start)
        list("resume", &resume)
        list("model_arguments", &modelArguments)
        list("confined", &confined)
        list("unconfined", &unconfined)
        list("keys", &keys)
        list("variables", &variables)
        list("login", &login)
        list("login_variables", &loginVariables)
        list("litter", &litter)
        map("environment", &environment)
        map("confined_environment", &confinedEnvironment)
        if let version = json["version"] {
            versionArguments =
                version["arguments"].flatMap(ProgramProfile.texts) ?? versionArguments
            leastVersion =
                version["least"].flatMap(ProgramProfile.text).flatMap(ProgramVersion.init)
                ?? leastVersion
        }
        if let place = json["home"] { home = Home(place, over: home) }
    }

    fileprivate static func texts(_ json: JSON) -> [String]? {
        json.arrayValue?.compactMap(text)
    }

    /// `least: 2.1` is a number to YAML.
    private static func text(_ json: JSON) -> String? {
        switch json {
        case .string(let text): text
        case .object, .array, .null: nil
        default: json.compact
        }
    }
}

extension ProgramProfile.Home {
    /// nil where neither names the variable and the user's folder.
    fileprivate init?(_ json: JSON, over earlier: ProgramProfile.Home?) {
        guard let variable = json["variable"]?.stringValue ?? earlier?.variable,
            let from = json["from"]?.stringValue ?? earlier?.from
        else { return nil }
        self.variable = variable
        self.from = from
        copy = json["copy"].flatMap(ProgramProfile.texts) ?? earlier?.copy ?? []
        link = json["link"].flatMap(ProgramProfile.texts) ?? earlier?.link ?? []
    }
}
