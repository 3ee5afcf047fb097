//! The table of keys. [`sections!`] turns one list into the typed tree, its defaults and this table; loading, showing,
//! comparing and the example file all walk the table, so that a key is written down once.

use std::fmt;

use toml::Value;

use super::Config;
use super::setting::{Refused, Setting, Shape};

/// A section of the file, `[name]`.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) name: &'static str,
    /// What it is about, line by line as it was written above it.
    pub(crate) doc: &'static [&'static str],
    pub(crate) keys: &'static [Key],
}

/// A key: everything that is known of it but its value.
pub(crate) struct Key {
    pub(crate) section: &'static str,
    pub(crate) name: &'static str,
    /// What it does, line by line as it was written above it.
    pub(crate) doc: &'static [&'static str],
    pub(crate) shape: Shape,
    pub(crate) list: bool,
    pub(crate) secret: bool,
    pub(crate) optional: bool,
    /// Environment variables that mean the same; its own name wins over them.
    pub(crate) aliases: &'static [&'static str],
    /// The flag of `serve` that sets it.
    pub(crate) flag: Option<&'static str>,
    /// Whether a change waits for the next start.
    pub(crate) needs_restart: bool,
    allowed: &'static str,
    /// The least and the most a number may be.
    limits: Option<(u64, u64)>,
    access: Access,
}

/// The ways from a key to its field, given by [`sections!`].
pub(crate) struct Access {
    pub(crate) set: fn(&mut Config, &[String]) -> Result<(), Refused>,
    pub(crate) get: fn(&Config) -> Value,
    pub(crate) same: fn(&Config, &Config) -> bool,
}

impl Key {
    pub(crate) const fn new<T: Setting>(
        section: &'static str,
        name: &'static str,
        doc: &'static [&'static str],
        access: Access,
    ) -> Self {
        Self {
            section,
            name,
            doc,
            shape: T::SHAPE,
            list: T::LIST,
            secret: T::SECRET,
            optional: T::OPTIONAL,
            aliases: &[],
            flag: None,
            needs_restart: false,
            allowed: T::ALLOWED,
            limits: None,
            access,
        }
    }

    /// Option of the list: environment variables that mean the same.
    pub(crate) const fn alias(mut self, names: &'static [&'static str]) -> Self {
        self.aliases = names;
        self
    }

    /// Option of the list: the flag that sets it.
    pub(crate) const fn flag(mut self, name: &'static str) -> Self {
        self.flag = Some(name);
        self
    }

    /// Option of the list: the least and the most a number may be.
    pub(crate) const fn limits(mut self, least: u64, most: u64) -> Self {
        self.limits = Some((least, most));
        self
    }

    /// Option of the list: a change waits for the next start.
    pub(crate) const fn restart(mut self) -> Self {
        self.needs_restart = true;
        self
    }

    /// Its own environment variable, `REFLECTOR_SECTION__KEY`.
    pub(crate) fn env_name(&self) -> String {
        format!("REFLECTOR_{}__{}", self.section, self.name).to_uppercase()
    }

    /// Every environment variable that may hold it, the first wins.
    pub(crate) fn env_names(&self) -> impl Iterator<Item = String> {
        std::iter::once(self.env_name()).chain(self.aliases.iter().map(|&name| name.to_owned()))
    }

    /// What is allowed, as the end of "allowed is …".
    pub(crate) fn allowed(&self) -> String {
        let one = match self.limits {
            Some((least, most)) => format!("a whole number from {least} to {most}"),
            None => self.allowed.to_owned(),
        };
        if self.list { format!("a list, each item {one}") } else { one }
    }

    /// Whether it is a number within limits.
    pub(crate) fn has_limits(&self) -> bool {
        self.limits.is_some()
    }

    /// Takes the value from its items as they were written.
    pub(crate) fn set(&self, config: &mut Config, items: &[String]) -> Result<(), Refused> {
        if self.shape == Shape::Number {
            for (item, text) in items.iter().enumerate() {
                self.check_number(text).map_err(|why| Refused { item, why: why.to_owned() })?;
            }
        }
        (self.access.set)(config, items)
    }

    fn check_number(&self, text: &str) -> Result<(), &'static str> {
        let (least, most) = self.limits.unwrap_or((0, u64::MAX));
        // A sign or a number past 64 bits is no whole number to `parse`.
        match text.parse::<u64>() {
            Err(_) if text.starts_with('-') => Err("it is too small"),
            Err(_) => Err("it is not such a number"),
            Ok(number) if number < least => Err("it is too small"),
            Ok(number) if number > most => Err("it is too large"),
            Ok(_) => Ok(()),
        }
    }

    /// Its value as TOML: a secret as `***`, what is not set as an empty text.
    pub(crate) fn get(&self, config: &Config) -> Value {
        (self.access.get)(config)
    }

    /// Whether both have the same value, secrets included.
    pub(crate) fn same(&self, one: &Config, other: &Config) -> bool {
        (self.access.same)(one, other)
    }

    /// Whether it has a value in `config`.
    pub(crate) fn is_set(&self, config: &Config) -> bool {
        !self.optional || self.get(config).as_str() != Some("")
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.section, self.name)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

/// Every key, in the order of the file.
pub(crate) fn keys() -> impl Iterator<Item = &'static Key> {
    super::SECTIONS.iter().flat_map(|section| section.keys)
}

/// Turns the list of sections and keys into `Config`, one struct a section, the defaults, and `SECTIONS`.
///
/// A key is `name: Type = default, option(..), option(..);`. The options are the `const fn`s of [`Key`] marked as such.
/// Its doc comment is also its text in the example file.
macro_rules! sections {
    ($(
        $(#[doc = $about:literal])+
        [$section:ident] $Section:ident {
            $(
                $(#[doc = $doc:literal])+
                $name:ident: $kind:ty = $default:expr $(, $option:ident($($argument:expr),*))*;
            )+
        }
    )+) => {
        /// Everything that Reflector can be told: one field a section, one field in it a key.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Config {
            $($(#[doc = $about])+ pub $section: $Section,)+
        }

        $(
            $(#[doc = $about])+
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct $Section {
                $($(#[doc = $doc])+ pub $name: $kind,)+
            }

            impl Default for $Section {
                fn default() -> Self {
                    Self { $($name: $default,)+ }
                }
            }
        )+

        /// Every section with its keys, in the order of the file.
        pub(crate) static SECTIONS: &[Section] = &[$(Section {
            name: stringify!($section),
            doc: &[$($about),+],
            keys: &[$(
                Key::new::<$kind>(
                    stringify!($section),
                    stringify!($name),
                    &[$($doc),+],
                    Access {
                        set: |config, items| Setting::read(items).map(|value| config.$section.$name = value),
                        get: |config| Setting::to_value(&config.$section.$name),
                        same: |one, other| one.$section.$name == other.$section.$name,
                    },
                )$(.$option($($argument),*))*,
            )+],
        },)+];
    };
}

pub(crate) use sections;
