//! Defines views together with their documentation, so that struct, serialization and documentation always agree.

/// One view as the documentation shows it.
#[derive(Debug, Clone, Copy)]
pub struct Documented {
    /// The struct's name.
    pub name: &'static str,
    /// Its documentation.
    pub about: &'static [&'static str],
    /// The name, type and documentation of every field.
    pub fields: &'static [(&'static str, &'static str, &'static [&'static str])],
}

macro_rules! views {
    ($($(#[doc = $about:literal])+ $name:ident $(<$life:lifetime>)? { $($(#[doc = $doc:literal])+ $field:ident: $type:ty,)+ })+) => {
        $(
            $(#[doc = $about])+
            #[derive(Debug, Clone, Serialize)]
            pub struct $name $(<$life>)? { $($(#[doc = $doc])+ pub $field: $type,)+ }
        )+

        /// These views with their fields.
        pub(super) const VIEWS: &[Documented] = &[$(Documented {
            name: stringify!($name),
            about: &[$($about),+],
            fields: &[$((stringify!($field), stringify!($type), &[$($doc),+])),+],
        }),+];

        #[cfg(test)]
        crate::view::samples::sampled! { $($name $(<$life>)? { $($field)+ })+ }
    };
}

pub(super) use views;
