//! Rural–urban typologies: degree of urbanisation, functional areas, statistical regions.
