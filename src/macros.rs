//! What is said in one way everywhere: setters of options, keys of enums.

/// A setter for each named field of the options that it stands in: `name: Type,`.
macro_rules! setters {
    ($($name:ident: $type:ty),+ $(,)?) => {$(
        #[doc = concat!("Sets [`", stringify!($name), "`](field@Self::", stringify!($name), ").")]
        #[must_use]
        pub fn $name(mut self, $name: $type) -> Self {
            self.$name = $name;
            self
        }
    )+};
}

/// Reads an enum by its key (`ALL`, `key`), case and surrounding space aside; the error lists the keys. With
/// `shown`, `Display` writes the key too.
macro_rules! keyed {
    ($type:ty, $kind:literal) => {
        impl std::str::FromStr for $type {
            type Err = crate::error::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let wanted = text.trim().to_lowercase();
                Self::ALL.into_iter().find(|v| v.key() == wanted).ok_or_else(|| {
                    crate::error::Error::Unknown {
                        kind: $kind,
                        value: text.to_owned(),
                        hint: Some(format!("there are {}", Self::ALL.map(Self::key).join(", "))),
                    }
                })
            }
        }
    };
    ($type:ty, $kind:literal, shown) => {
        keyed!($type, $kind);

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.key())
            }
        }
    };
}
